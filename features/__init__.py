"""What the product does, told in Gherkin by business area."""
