# pyexpat: what handlers are told of a document, errors and their places, and what stands on it.
import plistlib
import xml.dom.minidom
import xml.etree.ElementTree as ET
from xml.parsers import expat

HANDLERS = """StartElement EndElement CharacterData ProcessingInstruction Comment StartCdataSection
EndCdataSection DefaultHandlerExpand XmlDecl StartDoctypeDecl EndDoctypeDecl StartNamespaceDecl
EndNamespaceDecl EntityDecl UnparsedEntityDecl NotationDecl ElementDecl AttlistDecl SkippedEntity""".split()


def run(document, separator=None, piece=None, without=(), **settings):
    parser = expat.ParserCreate(namespace_separator=separator)
    told = []
    for name, value in settings.items():
        setattr(parser, name, value)
    for name in HANDLERS:
        if name not in without:
            full = name if name.startswith("Default") else name + "Handler"
            line = lambda name: (parser.CurrentLineNumber,) if name.startswith(("StartElement", "Comment")) else ()
            setattr(parser, full, lambda *args, name=name: told.append((name,) + line(name) + args))
    try:
        for at in range(0, len(document), piece or len(document) or 1):
            parser.Parse(document[at:at + (piece or len(document))])
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        told.append((str(error), error.code, error.lineno, error.offset))
    except LookupError as error:
        told.append(str(error))
    print(document)
    for row in told:
        print("   ", row)


run(b'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<a>\n <b x="1" y=\'2\'/>t&amp;u&#65;&#x42;\r\nz</a>\n')
run(b"<a><!-- c --><?pi  data here?><![CDATA[x<y]]></a>")
run(b"<a><!-- c --><b/><![CDATA[x<y]]>1\r\n2</a>", without=("Comment", "StartElement", "EndElement", "CharacterData"))
run(b'<!DOCTYPE a [<!ENTITY e "v<b/>w"><!ENTITY f SYSTEM "u" NDATA n><!ELEMENT a (b|c)*><!ELEMENT b ((x,y+)?,z)>]><a/>')
run(b'<!DOCTYPE a [<!ENTITY e "v<b/>w"><!ELEMENT a (b|(c,d)+)*><!ATTLIST a q CDATA "d&#33;" r (x|y) #REQUIRED>'
    b'<!NOTATION n PUBLIC "p" "s">]><a>&e;</a>')
run(b'<!DOCTYPE a SYSTEM "x.dtd"><a>&foo;</a>')
run(b'<!DOCTYPE a [<!ENTITY a "&b;"><!ENTITY b "&a;">]><a>&a;</a>')
run(b'<!DOCTYPE html PUBLIC "-//X//" "http://x"><html/>', without=("StartDoctypeDecl", "EndDoctypeDecl"))
run(b'<a xmlns="u" xmlns:p="v"><p:b p:x="1" y="2" xml:lang="en"/></a>', " ")
run(b'<a xmlns="u" xmlns:p="v"><p:b p:x="1" y="2"/></a>', " ", namespace_prefixes=True, ordered_attributes=True)
run(b"<a>one\ntwo &lt; three</a>", buffer_text=True)
run(b"<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>")
run("<a>\u00e9\u20ac</a>".encode())
for bad in (b"<a", b"<a>", b"<a>\n</b>", b"<a/><b/>", b"", b"abc", b"<a/>x", b'<a b="1" b="2"/>', b"<a>&no;</a>", b'<a b="<"/>',
            b"<a>]]></a>", b"<a>&#0;</a>", b"<a>&amp</a>", b"<a>\x01</a>", b"<a><!-- -- --></a>", b"<a b=1/>", b"<a b/>", b"<1/>",
            b' <?xml version="1.0"?><a/>', b"<a>x\xff</a>"):
    run(bad)
run(b"<p:a/>", " ")
run(b'<a xmlns:p=""/>', " ")

root = ET.fromstring('<r xmlns:n="u" k="v">t<n:c>1</n:c>tail<!-- c --><d/></r>')
print(ET.tostring(root), [(child.tag, child.text, child.tail) for child in root])
puller = ET.XMLPullParser(["start", "end"])
puller.feed("<a><b>")
puller.feed("x</b></a>")
print([(event, element.tag, element.text) for event, element in puller.read_events()])
try:
    ET.fromstring("<a>\n<b></a>")
except ET.ParseError as error:
    print(error, error.position)
print(xml.dom.minidom.parseString('<a x="1"><b>t</b><!--c--></a>').documentElement.toxml())
print(plistlib.loads(plistlib.dumps({"a": [1, 2.5, "x", b"y", True]})))
