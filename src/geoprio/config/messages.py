"""What to talk about: the party's profile questions, and one local question per association."""

from pathlib import Path

from pydantic import model_validator

from geoprio.config.load import load_named
from geoprio.config.model import Direction, Model, Text

KIND = "messages"
LOCAL = "local"
"""Name of the file of local questions, beside those of the profile questions."""


class Message(Model):
    """One profile question, told where its figure makes it matter."""

    label: Text
    indicator: str
    direction: Direction
    threshold: float
    """The figure from which the line is true enough to open with, in the indicator's unit."""
    line: Text
    """The opening line; `{value}` is the area's figure."""

    @model_validator(mode="after")
    def _whole_sentences(self) -> "Message":
        lines = self.line.model_dump().values()
        if any(set("{}") & set(line.replace("{value}", "")) for line in lines):
            raise ValueError("`line` knows one blank: {value}")
        if not all(line.endswith((".", "!", "?")) and line == line.strip() for line in lines):
            raise ValueError("`line` is a whole sentence; expected it to end with a full stop")
        return self


class LocalQuestions(Model):
    """The question that each association has chosen for itself."""

    local: dict[str, Text]
    """By association, as it is named among the campaign's associations."""


def message_names(folders: tuple[Path, ...]) -> list[str]:
    """Return the names of the profile questions of all folders."""
    files = (path for folder in folders for path in (folder / KIND).glob("*.toml"))
    return sorted({path.stem for path in files} - {LOCAL})


def load_messages(folders: tuple[Path, ...]) -> dict[str, Message]:
    """Return the profile questions of all folders by name; of one name the first folder's.

    ConfigError: A file is wrong.
    """
    return {name: load_named(Message, KIND, name, folders) for name in message_names(folders)}


def load_local_questions(folders: tuple[Path, ...]) -> dict[str, Text]:
    """Return each association's own question, from the first folder that has the file.

    ConfigError: No folder has it, or it is wrong.
    """
    return load_named(LocalQuestions, KIND, LOCAL, folders).local
