"""How a CSV file is written: what a reader must know of it."""

from dataclasses import dataclass

_SIGNS = {";": "semikolon", ",": "komma", "\t": "tabb", "|": "lodstreck", ".": "punkt", "": ""}
_ENDS = {"\r\n": "CRLF", "\n": "LF", "\r": "CR", "": ""}


@dataclass(frozen=True)
class Form:
    """How a CSV file is written."""

    encoding: str
    bom: bool
    separator: str
    decimal: str
    line_end: str
    """The line end itself; empty in a file of one line."""
    header: bool = True
    """Whether the first row holds the headings."""

    def told(self) -> dict[str, str | bool]:
        """Return it in words."""
        return {
            "teckenkodning": self.encoding,
            "bom": self.bom,
            "avskiljare": _SIGNS[self.separator],
            "decimaltecken": _SIGNS[self.decimal],
            "radslut": _ENDS[self.line_end],
            "rubriker": self.header,
        }

    @classmethod
    def of_words(cls, told: dict[str, str | bool]) -> "Form":
        """Return what `told` gave."""
        signs, ends = ({word: sign for sign, word in names.items()} for names in (_SIGNS, _ENDS))
        return cls(
            encoding=str(told["teckenkodning"]),
            bom=bool(told["bom"]),
            separator=signs[str(told["avskiljare"])],
            decimal=signs[str(told["decimaltecken"])],
            line_end=ends[str(told["radslut"])],
            header=bool(told["rubriker"]),
        )
