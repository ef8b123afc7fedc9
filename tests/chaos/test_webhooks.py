"""The process that sends webhooks is killed while it sends."""

import pytest

from testing.processes import wait_until
from testing.receiver import serving
from tests.chaos.world import World, ask
from voices.models import Member
from voices.webhooks.outbox import Webhook, WebhookDelivery

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]


def test_the_cluster_is_killed_while_it_tells(world: World, member: Member) -> None:
    with serving() as receiver:
        receiver.pause = 0.5  # the first answer would take some seconds
        Webhook.objects.create(url=receiver.url)
        cluster = world.cluster(FORV_WEBHOOKS_TO_PRIVATE="1")
        requests = [ask(member) for _ in range(5)]
        world.ended(*requests)
        wait_until(lambda: bool(receiver.got), 20)
        cluster.main.kill()
        cluster.main.wait()
        receiver.pause = 0.0
        told_in_vain = receiver.got[0][0]["webhook-id"]

        world.cluster(FORV_WEBHOOKS_TO_PRIVATE="1")
        wait_until(lambda: not WebhookDelivery.objects.filter(delivered_at=None).exists(), 120)
    ids = [headers["webhook-id"] for headers, _payload in receiver.got]
    print(f"{len(ids)} calls for {len(requests)} requests")
    assert len(set(ids)) == len(requests) == WebhookDelivery.objects.count()
    assert ids.count(told_in_vain) == 2
