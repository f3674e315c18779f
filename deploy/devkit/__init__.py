"""The parts of ./dev. Only the standard library: this runs before anything is installed."""
