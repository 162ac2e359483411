"""The parts of the terminal reader that other modules of the library ask for."""
