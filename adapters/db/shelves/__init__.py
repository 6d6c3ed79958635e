"""One shelf for each noun that the portal keeps."""
