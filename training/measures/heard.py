"""Save what the recognizer heard in each file, line by line, so that a stopped check can be resumed."""

import pathlib


class HeardFile:
    """A file of lines `name<tab>heard`; `texts` has what was heard, by name."""

    def __init__(self, path: pathlib.Path) -> None:
        """Read the file at `path`, if it exists; an incomplete last line (after a kill) is removed."""
        self.path = path
        content = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        whole = content[: content.rfind("\n") + 1]
        if whole != content:
            path.write_text(whole, encoding="utf-8")
        self.texts = dict(line.split("\t", 1) for line in whole.split("\n")[:-1])

    def add(self, name: str, heard: str) -> None:
        """Add a line, with all white space in `heard` as single spaces."""
        self.texts[name] = " ".join(heard.split())
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{name}\t{self.texts[name]}\n")
