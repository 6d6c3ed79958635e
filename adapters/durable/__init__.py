"""Work that survives its process: steps, dates and retries behind one port."""
