"""eSIM, serviceability and mail partners behind their ports; bound in a later version."""
