"""WHMCS behind the portal's billing ports, spoken to by its action API."""
