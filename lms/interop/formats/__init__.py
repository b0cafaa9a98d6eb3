"""One module a format, and what they share: texts, pictures, archives, XML."""
