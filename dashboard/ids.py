"""The ids that Python, the style sheet and the script agree on."""

PAGE = "page"
VIEW = "view"
MAIN = "main"

SEATS_CHART = "seats-chart"
BLOCS_CHART = "blocs-chart"
TREND_CHART = "trend-chart"
METER_CHART = "meter-chart"
VOTES_CHART = "votes-chart"
ODDS_CHART = "odds-chart"
HEMICYCLE_CHART = "hemicycle-chart"
METER_RESULT = "meter-result"

POLLS_TABLE = "polls-table"
