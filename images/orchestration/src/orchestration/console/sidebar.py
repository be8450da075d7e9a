"""The sidebar: who is here, who drives, and every setting of the next task."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from orchestration.agent.model_table import find, unknown
from orchestration.agent.models import EFFORTS, PROVIDER_LABELS
from orchestration.agent.settings import APPROVAL_MODES, THINKING_LABELS, BadSettings, TaskSettings
from orchestration.agent.tool_versions import TOOL_VERSIONS, UnknownCombination, known_models
from orchestration.console import sign_out
from orchestration.console.cards import literal
from orchestration.console.service import Console, Refused
from orchestration.gateway.sessions import Session

AUTOMATIC = "Automatic"
HIDE_KEY = "hide_screenshots"


def draw(console: Console, session: Session) -> None:
    """Draw it; settings are applied with the form's button."""
    driving = console.driver.is_driving(session.label)
    with st.sidebar:
        _who(console, session, driving)
        st.link_button(
            "Open the desktop's viewer",
            console.configuration.viewer_url,
            icon=":material/open_in_new:",
            width="stretch",
        )
        st.toggle("Hide screenshots", key=HIDE_KEY, help="For this browser only.")
        _settings(console, session, driving)
        _api_key(console, session, driving)
        _reset(console, session, driving)


def _who(console: Console, session: Session, driving: bool) -> None:
    since = datetime.fromtimestamp(session.since, UTC)
    left = int(console.sessions.seconds_left(session) // 60)
    expires = datetime.now(UTC).timestamp() + console.sessions.seconds_left(session)
    st.markdown(f"**{literal(session.username)}** · {'driving' if driving else 'watching'}")
    st.caption(
        f"Signed in {since:%H:%M} UTC, signed out at {datetime.fromtimestamp(expires, UTC):%H:%M} UTC "
        f"({left} min) unless you do something."
    )
    if driving:
        if st.button("Hand over control", width="stretch", help="Someone else may drive then."):
            session.watching = True
            console.driver.release(session.label)
            st.rerun()
    else:
        who = console.driver.name
        st.info(
            f"Read-only: {literal(who)} is driving." if who else "Nobody is driving.",
            icon=":material/visibility:",
        )
        if st.button("Take control", width="stretch", disabled=not console.driver.is_free()):
            session.watching = False
            console.driver.take(session)
            st.rerun()
    sign_out.draw()


def _settings(console: Console, session: Session, driving: bool) -> None:
    now = console.settings
    st.subheader("Task settings", divider="gray")
    providers = console.providers
    if now.provider not in providers:
        st.error("This deployment reaches no provider of models: the deployer sets `bedrockModels` or a key.")
        return
    provider = st.selectbox(
        "Provider",
        providers,
        index=providers.index(now.provider),
        format_func=PROVIDER_LABELS.__getitem__,
        disabled=not driving,
    )
    choices = _models(console, provider)
    preset = now.model if provider == now.provider else choices[0]
    if preset not in choices:
        choices.insert(0, preset)
    model = st.selectbox(
        "Model",
        choices,
        index=choices.index(preset),
        accept_new_options=True,
        disabled=not driving,
        help="Choose one or enter any model id or inference profile.",
        key=f"model-{provider}",
    )
    with st.form("settings", border=False):
        drawn = _fields(now, provider, model or preset, driving)
        if st.form_submit_button("Apply", disabled=not driving, width="stretch") and driving:
            _apply(console, session, drawn)
    try:
        fit = now.fit()
        note = "" if fit.model.priced else " Its price is not known: charged at the dearest one."
        st.caption(f"In use: {literal(now.model)} with {fit.version.name}.{note}")
    except UnknownCombination as error:
        st.error(literal(str(error)))


def _models(console: Console, provider: str) -> list[str]:
    if provider == "bedrock":
        return list(console.configuration.bedrock_models)
    return list(known_models(provider))


def _fields(now: TaskSettings, provider: str, model: str, driving: bool) -> dict[str, object]:
    """Draw the form's fields; returns what they say."""
    versions = [AUTOMATIC, *(version.name for version in TOOL_VERSIONS)]
    row = find(model) or unknown(model)
    same = provider == now.provider and model == now.model
    version = st.selectbox(
        "Tool version",
        versions,
        index=versions.index(now.tool_version if same and now.tool_version else AUTOMATIC),
        disabled=not driving,
    )
    ways = [AUTOMATIC, *row.thinking]
    thinking = st.selectbox(
        "Thinking",
        ways,
        index=ways.index(now.thinking) if same and now.thinking in ways else 0,
        format_func=lambda way: THINKING_LABELS.get(way, way),
        disabled=not driving,
    )
    levels = [AUTOMATIC, *(row.efforts if row.known else EFFORTS)]
    effort = st.selectbox(
        "Effort",
        levels,
        index=levels.index(now.effort) if same and now.effort in levels else 0,
        disabled=not driving,
        help="How much the model thinks and does for its answer; automatic is the model's own default.",
    )
    fallback = st.checkbox(
        "Let the API try another model where this one declines",
        now.fallback,
        disabled=not driving,
        help="Claude API only, for models that allow it.",
    )
    approval = st.selectbox(
        "Approval",
        list(APPROVAL_MODES),
        index=list(APPROVAL_MODES).index(now.approval),
        format_func=APPROVAL_MODES.__getitem__,
        disabled=not driving,
    )
    seconds = st.number_input(
        "Approval time-out (seconds)", 5, 3600, now.approval_seconds, disabled=not driving
    )
    sites = st.text_input(
        "Sites where typing is approved",
        " ".join(now.typing_sites),
        disabled=not driving,
        help="For example example.com or *.example.com. Typing into their pages asks nothing; typing "
        "anywhere else asks, also in Automatic. Empty: as the approval mode says.",
    )
    st.caption("Budget per task")
    minutes = st.number_input("Minutes", 0.01, 1440.0, float(now.minutes), 5.0, disabled=not driving)
    tokens = st.number_input("Tokens", 1_000, 1_000_000_000, now.tokens, 100_000, disabled=not driving)
    dollars = st.number_input("US dollars", 0.01, 10_000.0, float(now.dollars), 1.0, disabled=not driving)
    images = st.number_input("Screenshots kept", 1, 50, now.images_kept, disabled=not driving)
    suffix = st.text_area(
        "Addition to the system prompt",
        now.system_suffix,
        disabled=not driving,
        help="Used from the next conversation on.",
    )
    streaming = st.checkbox("Stream answers", now.streaming, disabled=not driving)
    return {
        "provider": provider,
        "model": model,
        "tool_version": None if version == AUTOMATIC else version,
        "thinking": None if thinking == AUTOMATIC else thinking,
        "effort": None if effort == AUTOMATIC else effort,
        "fallback": fallback,
        "system_suffix": suffix,
        "images_kept": int(images),
        "approval": approval,
        "approval_seconds": int(seconds),
        "typing_sites": tuple(sites.replace(",", " ").split()),
        "minutes": float(minutes),
        "tokens": int(tokens),
        "dollars": float(dollars),
        "streaming": streaming,
    }


def _apply(console: Console, session: Session, fields: dict[str, object]) -> None:
    try:
        settings = replace(console.settings, **fields)  # type: ignore[arg-type]
        settings.fit()
        console.change_settings(session, settings)
    except (BadSettings, UnknownCombination, Refused) as error:
        st.error(literal(str(error)))
    else:
        st.toast("Settings applied.")
        st.rerun()


def _api_key(console: Console, session: Session, driving: bool) -> None:
    if "anthropic" not in console.providers:
        return
    st.subheader("Claude API key", divider="gray")
    st.caption("A key is set." if console.has_api_key else "No key is set; Bedrock needs none.")
    with st.form("api_key", clear_on_submit=True, border=False):
        entered = st.text_input(
            "New key", type="password", autocomplete="off", disabled=not driving, label_visibility="collapsed"
        )
        if st.form_submit_button("Use this key", disabled=not driving, width="stretch") and entered:
            try:
                console.set_api_key(session, entered.strip())
            except Refused as error:
                st.error(literal(str(error)))
            else:
                st.toast("The key is kept in memory until the console restarts.")
                st.rerun()


def _reset(console: Console, session: Session, driving: bool) -> None:
    st.subheader("Conversation", divider="gray")
    with st.popover("New conversation", width="stretch", disabled=not driving or console.running):
        st.write("The present conversation stays in the record, but you cannot go on with it.")
        if st.button("Begin a new one", type="primary"):
            try:
                console.reset(session)
            except Refused as error:
                st.error(literal(str(error)))
            else:
                st.rerun()
