"""The course as a book of web pages."""
