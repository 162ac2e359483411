"""`urllib2` of Python 2, from the modules that have its parts now."""
from urllib.request import *
from urllib.request import (
    AbstractBasicAuthHandler, AbstractDigestAuthHandler, BaseHandler, FTPHandler, FileHandler,
    HTTPBasicAuthHandler, HTTPCookieProcessor, HTTPDefaultErrorHandler, HTTPErrorProcessor,
    HTTPHandler, HTTPPasswordMgr, HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request,
    UnknownHandler, build_opener, install_opener, urlopen)
from urllib.error import ContentTooShortError, HTTPError, URLError
from urllib.parse import quote, unquote, urlparse, urlsplit, urljoin
