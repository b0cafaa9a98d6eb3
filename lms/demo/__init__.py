"""Three invented firms with a year of simulated history, so that a newcomer has something to look at."""
