"""Names from data as values: in every language the data has them, with the colour that stands beside them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from dashboard.address import ALL_POLLS, BETWEEN
from dashboard.blocks import Argument, Day, Join, Name, Words, words
from dashboard.i18n import DEFAULT, keys, languages
from dashboard.seats import Group
from pipelines.editions.records import PollChange
from pipelines.editions.schema import BlocReference, ListReference, Majority, PollRow
from pipelines.editions.store import Edition


class OfEdition(Protocol):
    """What shows an edition, as a view does."""

    @property
    def edition(self) -> Edition: ...


class _Named(Protocol):
    id: str


T = TypeVar("T", bound=_Named)


def _of_id(items: Iterable[T], item_id: str) -> T | None:
    return next((item for item in items if item.id == item_id), None)


def texts(item: object, field: str) -> dict[str, str]:
    """A text of the data in each language that has one."""
    by_language: Mapping[str, str] = getattr(item, field)
    return {lang: text for lang, text in by_language.items() if text}


def named(item: object, colour: str = "") -> Name:
    """The full name of a pollster, publisher, list, bloc or election."""
    return Name(str(getattr(item, "id", "")), texts(item, "names"), colour)


def local(item: object, field: str) -> Name:
    """A text of the data that is not a name: a source, a quote, a condition, an event."""
    return Name("", texts(item, field))


def first_text(texts: Mapping[str, str]) -> str:
    """A text as programs read it: English, else in the first language it has; blank where it has none."""
    return texts.get(DEFAULT) or next(iter(texts.values()), "")


def text(value: str) -> Name:
    """A text of the data that is the same in every language."""
    return Name(value, {DEFAULT: value})


def short(item: ListReference) -> Name:
    """The short name of a list, with its colour."""
    return Name(item.id, texts(item, "shorts") or texts(item, "names"), f"list:{item.id}")


def full(item: ListReference) -> Name:
    """The full name of a list, with its colour."""
    return named(item, f"list:{item.id}")


def full_names(view: OfEdition) -> dict[str, Name]:
    """What lists and firms are called in full, by their ids."""
    reference = view.edition.reference
    return {name.id: name for name in map(named, (*reference.pollsters, *reference.lists))}


def entry(key: str, otherwise: str) -> Words | Name:
    """An entry of the catalogue where it has one, else a text of the data as it is."""
    return Words(key) if key in keys() else text(otherwise)


def word(view: OfEdition, name: str) -> Name:
    """A word of the electorate, such as its `house`; in a language it has none in, the one that fits any."""
    own = {lang: named[name] for lang, named in view.edition.reference.electorate.words.items() if named.get(name)}
    return Name("", {**everywhere(f"word.{name}").texts, **own})


def the_projection(view: OfEdition) -> Name:
    """What the electorate calls the projection, inside a sentence."""
    return word(view, "the_projection")


def everywhere(key: str, colour: str = "") -> Name:
    """An entry of the catalogue as a name, in every language; none where the catalogue has no such entry."""
    entries = {lang: language.texts.get(key) for lang, language in languages().items()}
    return Name(key, {lang: text for lang, text in entries.items() if isinstance(text, str)}, colour)


def list_name(view: OfEdition, list_id: str) -> Name:
    """The short name of a list of the edition; its id where the edition does not name it."""
    item = _of_id(view.edition.reference.lists, list_id)
    return short(item) if item else text(list_id)


def leader_names(view: OfEdition, list_id: str) -> tuple[Name, ...]:
    """Who heads a list, joint heads both; nobody where none is on record."""
    item = _of_id(view.edition.reference.lists, list_id)
    leaders = item.leaders if item else ()
    return tuple(Name("", {lang: text for lang, text in names.items() if text}) for names in leaders)


def bloc_name(view: OfEdition, bloc: BlocReference | object) -> Name:
    """The name of a bloc: as the reference has it, else as the projection has it."""
    bloc_id = str(getattr(bloc, "id", bloc))
    return named(_of_id(view.edition.reference.blocs, bloc_id) or bloc, f"bloc:{bloc_id}")


def in_english(name: Name) -> str:
    """A name as programs read it; its id where it has no text."""
    return first_text(name.texts) or name.id


def coalition_name(item: Majority) -> Name:
    """The name of a coalition of interest, in the colour of the list it names first."""
    return named(item, f"list:{item.lists[0]}" if item.lists else "")


def group_name(view: OfEdition, group: Group) -> Name:
    """The name of a bloc or coalition of interest in its colour: of blocs together, that of the first."""
    if not isinstance(group, Majority):
        return bloc_name(view, group)
    within = next((bloc for bloc in view.edition.projection.blocs if set(bloc.lists) <= set(group.lists)), None)
    return named(group, f"bloc:{within.id}") if within else coalition_name(group)


def uncoloured(name: Name) -> Name:
    return Name(name.id, name.texts)


def joined(items: Sequence[Argument]) -> Join:
    """Items in a row, "and" before the last."""
    return Join(tuple(items))


def phrase(view: OfEdition, written: str) -> Name:
    """A source or a reason as it was written, in the languages the electorate says it in; longest parts first."""
    phrases = view.edition.reference.phrases
    by_language = {DEFAULT: written, **{lang: written for translation in phrases.values() for lang in translation}}
    for part in sorted(phrases, key=len, reverse=True):
        by_language = {lang: text.replace(part, phrases[part].get(lang, part)) for lang, text in by_language.items()}
    return Name(written, by_language)


def firm_name(view: OfEdition, pollster: str) -> Name:
    """A firm's name; the outlet's where a poll named no firm and stands under its outlet."""
    reference = view.edition.reference
    firm = _of_id((*reference.pollsters, *reference.publishers), pollster)
    return named(firm) if firm else text(pollster)


def outlet_name(view: OfEdition, publisher: str) -> Name:
    """The name of who published a poll; its id where the edition does not name it."""
    outlet = _of_id(view.edition.reference.publishers, publisher)
    return named(outlet) if outlet else text(publisher)


def firm_short(view: OfEdition, pollster: str) -> Name:
    """A firm's name without what stands in brackets: for a drawing, a column, a sentence."""
    return without_brackets(firm_name(view, pollster))


def poll_name(view: OfEdition, poll: PollRow | PollChange) -> Words:
    """A poll by its firm, else by who published it, and by its last day."""
    firm = poll.pollster or poll.publisher
    name = firm_short(view, firm) if firm else words("table.unknown")
    return words("news.poll", name=name, date=Day(poll.fieldwork_end, "short"))


def without_brackets(name: Name) -> Name:
    """
    >>> without_brackets(Name("kantar", {"en": "Kantar (formerly TNS)"})).texts
    {'en': 'Kantar'}
    """
    return Name(name.id, {lang: label.split(" (")[0] for lang, label in name.texts.items()}, name.colour)


def source_name(view: OfEdition, option: str) -> Name:
    """A firm, family or outlet whose polls can be left out, by its value in an address."""
    kind, _, name = option.partition(BETWEEN)
    return outlet_name(view, name) if kind == "outlet" else firm_short(view, name)


def move_name(view: OfEdition, list_id: str, bloc: str) -> Words:
    """A list and the bloc it is moved to."""
    to = uncoloured(bloc_name(view, bloc))
    return words("coalitions.moved_to", list=uncoloured(list_name(view, list_id)), bloc=to)


def reading_name(view: OfEdition, reading: str) -> Words | None:
    """A reading in words, its firm with who published its newest poll; None for the published reading."""
    if reading == ALL_POLLS:
        return None
    kind, _, firm = reading.partition(BETWEEN)
    polls = [poll for poll in view.edition.polls.polls if poll.pollster == firm]
    outlet = max(polls, key=lambda poll: (poll.fieldwork_end, poll.poll)).publisher if polls else None
    name = firm_short(view, firm)
    named_by = Join((name, " (", outlet_name(view, outlet), ")"), "") if outlet else name
    return words(f"readings.{kind}", name=named_by)
