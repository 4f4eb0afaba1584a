"""How a draft would be voted on, and how well such forecasts did."""

from __future__ import annotations

from counterpact.lines.diplomacy.forecast.backtest import evaluate
from counterpact.lines.diplomacy.forecast.draft import Forecast, forecast

__all__ = ["Forecast", "evaluate", "forecast"]
