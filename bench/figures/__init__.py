"""What bench/themes.py measures, a module a block of its table; `scores` is pure, `service` runs the real pipe."""
