from zhijian.knowledge.views.terms import decide, import_terms, new_term, retire, show_term, term_list

__all__ = ["decide", "import_terms", "new_term", "retire", "show_term", "term_list"]
