"""`urllib` of Python 2, from the modules that have its parts now."""
from urllib.parse import quote, quote_plus, unquote, unquote_plus, urlencode
from urllib.request import pathname2url, url2pathname, urlcleanup, urlopen, urlretrieve, getproxies
