"""Makes `python -m corridor_sim` the same as the console script `corridor-sim`."""

from corridor_sim.cli.start import main

if __name__ == "__main__":
    main()
