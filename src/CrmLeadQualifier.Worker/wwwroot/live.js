// Fetches the part of the page that moves every two seconds. Without script, or while the answer does not come, the page stays as it is.
const live = document.getElementById("live");

async function refresh() {
    if (!document.hidden) {
        try {
            const answer = await fetch(live.dataset.live, { headers: { Accept: "text/plain" } });
            if (answer.status === 401) {
                location.reload();
                return;
            }
            // Not under the hands of somebody who is pressing a button.
            if (answer.ok && !live.contains(document.activeElement)) {
                live.innerHTML = await answer.text();
            }
        } catch {
            // The worker is being restarted: the next turn asks again.
        }
    }
    setTimeout(refresh, 2000);
}

setTimeout(refresh, 2000);
