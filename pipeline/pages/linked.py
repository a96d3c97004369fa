"""The dataset as linked data: schema.org for the data page, and DCAT 3 as a file of its own (`data/catalog.jsonld`)."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from markupsafe import Markup

from pipeline.api.answers import ROOT
from pipeline.citation import read_citation
from pipeline.descriptor import descriptor_text
from pipeline.indicators import RATES
from pipeline.package import json_of
from pipeline.pages.addresses import DATA, Links, file_of
from pipeline.pages.feeds import entries_of
from pipeline.pages.language import CHINESE, ENGLISH, LANGUAGES, Language
from pipeline.pages.material import Material
from pipeline.pages.page import File, Task

NAME, NAME_EN = "政府信息公开年报数据", "Open-government reports of China"
"""The name of the site, which is the catalogue that the dataset is in."""
CATALOG = DATA + "catalog.jsonld"
_MEDIA = "https://www.iana.org/assignments/media-types/"
_NOT_IN_SCRIPT = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}
Node = dict[str, Any]


def tasks(made: Material) -> Iterator[Task]:
    """The catalogue for programs that read DCAT."""
    yield partial(_catalog, made)


def _catalog(made: Material) -> Iterator[File]:
    yield File(CATALOG, catalog_text(made))


def script(node: Mapping[str, Any]) -> Markup:
    """A value as JSON that may stand in a script element: no name in it can end the element."""
    return Markup(json_of(node).translate(_NOT_IN_SCRIPT))


def dataset_scripts(made: Material) -> Mapping[str, Markup]:
    """The dataset for search engines, by the tag of the language of the page."""
    return {language.tag: script(dataset_node(made, language)) for language in LANGUAGES}


# what both say -------------------------------------------------------------------------------------------------------


def modified(made: Material) -> str:
    """The last day on which the data changed, as far as they tell; never before they were first published."""
    days = (entry.day for entry in entries_of(made.dataset.records))
    return max([read_citation().released, *days])


def _span(made: Material) -> tuple[str, str] | None:
    """The first and the last day that reports are on."""
    return (f"{made.years[0]}-01-01", f"{made.years[-1]}-12-31") if made.years else None


def _to(made: Material, here: str, language: Language = CHINESE) -> Callable[[str], str]:
    """The way to an address: the full one where the site has one, else from the page or file `here`."""
    links = Links(made.site, here, language)

    def to(address: str) -> str:
        page = not address or address.endswith("/")
        return made.site.full((language.folder if page else "") + address) or links(address)

    return to


def _resources(made: Material) -> Iterator[Mapping[str, Any]]:
    """Every file of the package that has a size, and the descriptor itself."""
    yield from (one for one in made.package["resources"] if "bytes" in one)


# schema.org ----------------------------------------------------------------------------------------------------------


def dataset_node(made: Material, language: Language) -> Node:
    """The dataset as schema.org describes one, in a language."""
    cited, words, say = read_citation(), made.package, language.choose
    to = _to(made, file_of(DATA), language)
    span = _span(made)
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": cited.id.urn,
        "identifier": cited.id.urn,
        "name": say(words["title"], words["title_en"]),
        "alternateName": [say(words["title_en"], words["title"]), "gongkai"],
        "description": say(words["description"], words["description_en"]),
        "url": to(DATA),
        **({"sameAs": made.site.repository} if made.site.repository else {}),
        "inLanguage": ["zh-Hans", "en"],
        "version": cited.version,
        "datePublished": cited.released,
        "dateModified": modified(made),
        **({"temporalCoverage": "/".join(span)} if span else {}),
        "spatialCoverage": {"@type": "Place", "name": say("中国", "China")},
        "keywords": list(cited.keywords),
        "isAccessibleForFree": True,
        **_terms(made, to),
        "citation": say(cited.words(made.site.url), cited.words_en(made.site.url)),
        "measurementTechnique": say(
            "从机关公布的年度报告逐格读取表格，照所印记录；勾稽关系按公布的规则核对，不作修改。",
            "Tables of the published annual reports read cell by cell and recorded as printed; held to published rules, "
            "never repaired.",
        ),
        "variableMeasured": [_variable(made, name, language) for name in RATES],
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "name": say(NAME, NAME_EN),
            "url": to(""),
        },
        "distribution": [_download(one, to) for one in _resources(made)],
        "hasPart": [_part(made, one, language, to) for one in _resources(made) if "schema" in one],
    }


def _terms(made: Material, to: Callable[[str], str]) -> Node:
    return {
        "license": made.package["licenses"][0]["path"],
        "creator": {
            "@type": "Organization",
            "name": read_citation().author,
            "url": made.site.repository or to("about/"),
        },
    }


def _variable(made: Material, name: str, language: Language) -> Node:
    field = made.titles[name]
    return {
        "@type": "PropertyValue",
        "propertyID": name,
        "name": language.choose(field["title"], field["title_en"]),
        "description": language.choose(field["description"], field["description_en"]),
    }


def _download(resource: Mapping[str, Any], to: Callable[[str], str]) -> Node:
    return {
        "@type": "DataDownload",
        "name": resource["path"],
        "contentUrl": to(DATA + resource["path"]),
        "encodingFormat": resource["mediatype"],
        "contentSize": f"{resource['bytes']} B",
        "sha256": resource["hash"].removeprefix("sha256:"),
    }


def _part(made: Material, table: Mapping[str, Any], language: Language, to: Callable[[str], str]) -> Node:
    """A table as a dataset of its own; both languages, because some descriptions are short in one."""
    say = language.choose
    files = [one for one in _resources(made) if one["name"] in (table["name"], f"{table['name']}-json")]
    return {
        "@type": "Dataset",
        "@id": f"{read_citation().id.urn}#{table['name']}",
        "name": say(table["title"], table["title_en"]) + f" ({table['path']})",
        "description": " ".join(
            [made.package[say("title", "title_en")], table["description"], table["description_en"]]
        ),
        "url": f"{to(DATA)}#{table['name']}",
        "isAccessibleForFree": True,
        **_terms(made, to),
        "distribution": [_download(one, to) for one in files],
    }


# DCAT ----------------------------------------------------------------------------------------------------------------

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def catalog_text(made: Material) -> str:
    """The catalogue in DCAT 3 as JSON-LD; its context is in the file, nothing has to be fetched to read it."""
    to = _to(made, CATALOG)
    words, dataset = made.package, _dcat_dataset(made, to)
    catalog = {
        "@context": _CONTEXT,
        "@id": to(CATALOG) + "#catalog",
        "@type": "dcat:Catalog",
        "dct:title": _both(NAME, NAME_EN),
        "dct:description": _both(words["description"], words["description_en"]),
        "dct:publisher": _publisher(),
        "dct:license": {"@id": words["licenses"][0]["path"]},
        "dct:language": [{"@value": language.tag} for language in LANGUAGES],
        "foaf:homepage": {"@id": to("")},
        "dct:issued": _date(read_citation().released),
        "dct:modified": _date(modified(made)),
        "dcat:dataset": [dataset],
        "dcat:service": {
            "@id": to(ROOT + "index.json"),
            "@type": "dcat:DataService",
            "dct:title": _both("静态接口", "Static API"),
            "dcat:endpointURL": {"@id": to(ROOT + "index.json")},
            "dcat:endpointDescription": {"@id": to(ROOT + "openapi.json")},
            "dcat:servesDataset": {"@id": dataset["@id"]},
        },
    }
    return descriptor_text(catalog)


def _dcat_dataset(made: Material, to: Callable[[str], str]) -> Node:
    cited, words, span = read_citation(), made.package, _span(made)
    return {
        "@id": cited.id.urn,
        "@type": "dcat:Dataset",
        "dct:identifier": cited.id.urn,
        "dct:title": _both(words["title"], words["title_en"]),
        "dct:description": _both(words["description"], words["description_en"]),
        "dct:creator": _publisher(),
        "dct:publisher": _publisher(),
        "dct:license": {"@id": words["licenses"][0]["path"]},
        "dct:issued": _date(cited.released),
        "dct:modified": _date(modified(made)),
        **({"dct:temporal": _period(*span)} if span else {}),
        "dct:spatial": {"@type": "dct:Location", "skos:prefLabel": _both("中国", "China")},
        "dcat:keyword": [
            {"@value": word, "@language": "en" if word.isascii() else "zh-Hans"} for word in cited.keywords
        ],
        "dcat:version": cited.version,
        "dcat:landingPage": {"@id": to(DATA)},
        "dcat:contactPoint": {
            "@type": "vcard:Organization",
            "vcard:fn": cited.author,
            "vcard:hasURL": {"@id": to("correct/")},
        },
        "dct:conformsTo": {"@id": words["$schema"]},
        "dcat:distribution": [_distribution(made, one, to) for one in _resources(made)],
    }


def _distribution(made: Material, resource: Mapping[str, Any], to: Callable[[str], str]) -> Node:
    address = {"@id": to(DATA + resource["path"])}
    digest = resource["hash"].removeprefix("sha256:")
    return {
        "@type": "dcat:Distribution",
        "dct:title": _both(resource["title"], resource["title_en"]),
        "dct:description": _both(resource["description"], resource["description_en"]),
        "dct:license": {"@id": made.package["licenses"][0]["path"]},
        "dcat:accessURL": {"@id": to(DATA)},
        "dcat:downloadURL": address,
        "dcat:mediaType": {"@id": _MEDIA + resource["mediatype"]},
        "dcat:byteSize": {"@value": str(resource["bytes"]), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@value": digest, "@type": "xsd:hexBinary"},
        },
    }


def _both(chinese: str, english: str) -> list[Node]:
    return [{"@value": chinese, "@language": CHINESE.tag}, {"@value": english, "@language": ENGLISH.tag}]


def _date(day: str) -> Node:
    return {"@value": day, "@type": "xsd:date"}


def _period(first: str, last: str) -> Node:
    return {"@type": "dct:PeriodOfTime", "dcat:startDate": _date(first), "dcat:endDate": _date(last)}


def _publisher() -> Node:
    return {"@type": "foaf:Organization", "foaf:name": read_citation().author}
