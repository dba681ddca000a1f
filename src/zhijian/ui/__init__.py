"""The look and the parts all pages share: base templates, design tokens, template tags, the list component, icons.

No models, no knowledge of any other room. Pages of all rooms extend its templates and load `{% load ui %}`.
"""
