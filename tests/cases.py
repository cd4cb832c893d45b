"""Many cases in one test, as where each file or each key is a case."""

import functools
import inspect
from collections.abc import Callable, Iterable

import pytest

Test = Callable[..., None]


def every(names: str, cases: Iterable[object]) -> Callable[[Test], Test]:
    """Try a test on every case, and fail once with all that fail.

    It is written as `pytest.mark.parametrize` is; that is for few cases, each with a name.
    """
    keys, tried_cases = names.split(","), list(cases)

    def wrap(test: Test) -> Test:
        @functools.wraps(test)
        def tried(**fixtures: object) -> None:
            faults = []
            for case in tried_cases:
                values = case if len(keys) > 1 else (case,)
                try:
                    test(**dict(zip(keys, values, strict=True)), **fixtures)  # type: ignore[call-overload]
                except (AssertionError, pytest.fail.Exception) as fault:
                    faults.append(f"{case}: {fault}")
            assert tried_cases, "there are no cases"
            assert not faults, "\n".join(faults)

        signature = inspect.signature(test)
        left = [item for name, item in signature.parameters.items() if name not in keys]
        tried.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        return tried

    return wrap
