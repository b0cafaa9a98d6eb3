"""Figures of the working day, pure: what each measures, what its numbers can say, and files of them."""
