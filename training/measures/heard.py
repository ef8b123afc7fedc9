"""What the judge heard in each of many files, kept line by line, so that a stopped check goes on where it was."""

import pathlib


class HeardFile:
    """Lines ``name<tab>heard``; ``texts`` has what is heard in each file, by its name."""

    def __init__(self, path: pathlib.Path) -> None:
        """Go on with the file at ``path``; a line that a kill left unfinished is heard again."""
        self.path = path
        content = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        whole = content[: content.rfind("\n") + 1]
        if whole != content:
            path.write_text(whole, encoding="utf-8")
        self.texts = dict(line.split("\t", 1) for line in whole.split("\n")[:-1])

    def add(self, name: str, heard: str) -> None:
        self.texts[name] = " ".join(heard.split())
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{name}\t{self.texts[name]}\n")
