"""`python -m counterpact` is the command line."""

from counterpact.cli import main

if __name__ == "__main__":
    main()
