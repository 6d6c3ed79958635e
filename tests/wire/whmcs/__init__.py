"""WHMCS's action API and pages, as the made-up WHMCS answers them."""
