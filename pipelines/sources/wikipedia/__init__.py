"""Wikipedia's opinion polling pages, through the MediaWiki parse API."""
