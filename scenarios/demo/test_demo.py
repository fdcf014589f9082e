"""Scenarios that read better in Python. They are played and compared like those in the YAML files."""

import pytest


async def test_menu_keys_lead_somewhere(asterisk):
    """A wrong key brings the menu again; the caller gives up while it is still speaking."""
    call = await asterisk.call("s@main-menu", caller_id='"Cy Dorn" <7245550204>')
    await call.wait(application="WaitExten")
    await call.dtmf("8")
    await call.wait(application="Playback", data="pbx-invalid")
    await call.wait(playing="acs/menu")
    await call.hangup()
    assert not asterisk.dialed("PJSIP/101")


@pytest.mark.scenario(uses=["queue/sales"], phones={"102": "ring"})
async def test_agent_answers_late(asterisk):
    """Marcus lets it ring for a moment before he answers a dealer."""
    call = await asterisk.call("4125550101@from-trunk", caller_id="<3045550138>")
    phone = asterisk.phone("102")
    await phone.wait("ringing")
    await phone.answer()
    await call.wait(event="AgentConnect")
    await call.talk(0.5)
    await phone.hangup()  # if the caller does, it is chance on 22 whether AgentComplete names the channel
    assert asterisk.dialed("PJSIP/102")
