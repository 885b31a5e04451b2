"""Named, seeded image operations with severities, sized relative to the text's height."""
