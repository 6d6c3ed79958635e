"""The sentences of the features, filed by who acts and on what."""

import features.parameters  # noqa: F401 - sentences need their types of parameters
