"""Pages for people: self-contained HTML, made without a network; jinja2 is imported when a page is made."""
