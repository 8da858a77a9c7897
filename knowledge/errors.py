"""What can go wrong with a source, as sentences that a curator reads."""


class KnowledgeError(Exception):
    """A failure that a curator can understand and mend. Its text is shown in the admin as it is."""


class FetchError(KnowledgeError):
    """The address could not be read."""


class AddressRefusedError(FetchError):
    """The address, or one that it leads to, is not one that this installation may open."""


class GoneError(FetchError):
    """The server says that the page does not exist (404) or was removed (410)."""


class ReadingError(KnowledgeError):
    """The document arrived but could not be read."""


class UnsupportedDocumentError(ReadingError):
    """Neither HTML, PDF nor plain text."""


class NoTextError(ReadingError):
    """The document holds no text, or too little to answer from: a scan, an empty page."""


class PasswordNeededError(ReadingError):
    """The PDF opens with a password only."""


class DamagedDocumentError(ReadingError):
    """No reader could open the document."""


class TooLargeError(ReadingError):
    """Too many bytes, pages or too much text."""


class OutOfTimeError(ReadingError):
    """Reading took longer than allowed, and nothing useful had been read by then."""


class EmbeddingError(KnowledgeError):
    """The embedding model refused or could not be reached."""
