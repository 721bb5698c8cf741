"""Parts of pages: plain HTML elements, styled by our own sheet."""
