"""A table on stdout whose rows are written as they are measured, and on a terminal's stderr what is measured now."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

NAME, CELL = 34, 8  # characters
Progress = Callable[[str, int, int], None]


class Table:
    """One block. Of the columns the last is the floor, the others are figures."""

    def __init__(self, title: str, *columns: str) -> None:
        self.widths = [max(len(column), CELL) for column in columns]
        self.console = Console(stderr=True)
        print(f"\n{title:{NAME}}{self._line(columns)}", flush=True)

    def row(self, name: str, *cells: str, floor: str = "") -> None:
        print(f"{name:{NAME}}{self._line((*cells, floor))}", flush=True)

    def note(self, text: str) -> None:
        print(f"    {text}", flush=True)

    def _line(self, cells: tuple[str, ...]) -> str:
        *figures, floor = cells
        aligned = "".join(f"  {cell:>{width}}" for cell, width in zip(figures, self.widths, strict=False))
        return f"{aligned}  {floor}".rstrip()

    @contextmanager
    def measuring(self, name: str) -> Iterator[Progress]:
        """Show that this is measured now, and how far it is, as long as it takes."""
        with self.console.status(name) as status:
            # Where nobody looks it would only cost time.
            yield (
                lambda stage, done, of: (
                    status.update(f"{name}: {stage} {done}{f' of {of}' if of else ''}")
                    if self.console.is_terminal
                    else None
                )
            )


def percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"
