"""The world's WHMCS over HTTP: its action API, the pages behind its single sign-on, and what its hooks post."""
