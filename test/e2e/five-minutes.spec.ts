// Goal: the first five minutes of a new user, whole, in both languages. Method: a browser does what the lesson says; every tick must come by itself.
import { expect, test } from './web-host.ts';
import { LabWindow, type Locale } from './lab-window.ts';

const WORDS = {
  en: {
    arrived: /^Request delivered/,
    left: /left the lab/,
    route: /Route 10\.244\.1\.0\/24 via 192\.168\.56\.11 dev eth1 in table main is the longest match for 10\.244\.1\.\d+/,
    defaultRoute: /Route default via 10\.0\.2\.2 dev eth0/,
    arp: /answered for 10\.244\.2\.1 on eth0/,
    bridge: /is bridge cni0 itself/,
    rule: /Rule 1 of filter\/FLANNEL-FWD matches/,
    ttl: /Forwarded from cni0 to eth1; the TTL goes down to 63/,
    from: 'From',
    to: 'To',
    apply: 'Apply',
    undo: 'Undo',
    experiment: "Remove the route to node-1's pods",
    broke: /no longer answer/,
    mended: /again|as before/,
    thisSession: 'This session',
    lesson: /Follow a packet/,
    lab: /Three nodes/,
    back: 'Back to the lab',
  },
  zh: {
    arrived: /^去程 已送达/,
    left: /离开了实验室/,
    route: /10\.244\.1\.\d+ 在表 main 中最长匹配到路由 10\.244\.1\.0\/24 via 192\.168\.56\.11 dev eth1/,
    defaultRoute: /路由 default via 10\.0\.2\.2 dev eth0/,
    arp: /应答了 10\.244\.2\.1/,
    bridge: /就是网桥 cni0 自己/,
    rule: /命中 filter\/FLANNEL-FWD 第 1 条规则/,
    ttl: /从 cni0 转发到 eth1，TTL 减为 63/,
    from: '起点',
    to: '终点',
    apply: '执行',
    undo: '撤销',
    experiment: '删除到 node-1 上 Pod 的路由',
    broke: /不再连通/,
    mended: /恢复/,
    thisSession: '这一次',
    lesson: /跟着一个包/,
    lab: /三个节点/,
    back: '返回实验室',
  },
} as const;

for (const locale of ['en', 'zh'] as const satisfies readonly Locale[]) {
  test.describe(locale, () => {
    test.use({ locale: locale === 'zh' ? 'zh-CN' : 'en-US' });

    test('the first lesson, from the welcome screen to its recording', async ({ page, host }) => {
      test.setTimeout(300_000); // a crowded machine takes its time
      const words = WORDS[locale];
      const window = new LabWindow(page, `five-minutes-${locale}`);
      await page.goto(host.address);
      await page.getByTestId('start-lesson').waitFor();
      await window.shot('1-welcome');
      const took = await window.startLesson();
      console.log(`${locale}: lab on the screen ${took} ms after the click`);
      await window.shot('2-lab');

      await test.step('the cluster', async () => {
        await window.type('kubectl get nodes -o wide');
        await expect(window.terminal).toContainText('192.168.56.12');
        await window.expectDone('nodes');
        await window.runFromLesson('cards', 0);
        await expect(window.terminal).toContainText('192.168.56.11/24');
        await window.runFromLesson('cards', 1);
        await window.expectDone('cards');
        await page.locator('[data-step="same-address"] input[type="radio"]').nth(0).check();
        await page.getByTestId('confirm').click();
        await expect(page.locator('[data-step="same-address"] [role="alert"]')).toBeVisible();
        await page.locator('[data-step="same-address"] input[type="radio"]').nth(1).check();
        await page.getByTestId('confirm').click();
        await window.expectDone('same-address');
      });

      await test.step('two pods on one node', async () => {
        const veths = page.locator('[data-testid="outline"] [data-box^="node-1/veth"]');
        const before = await veths.count();
        await window.runFromLesson('httpd');
        await window.expectDone('httpd');
        await expect(veths).toHaveCount(before + 1);
        expect(await window.podBox('httpd')).toMatch(/^node-1\/ns:\d+$/);
        await window.shot('3-pod');
        await window.type('kubectl get pods -o wide');
        await window.expectDone('address');
        await window.runFromLesson('bridge');
        await expect(window.terminal).toContainText('cni0');
        await window.expectDone('bridge');
        await window.runFromLesson('near');
        await window.expectDone('near');
        await window.runFromLesson('near-log');
        await window.expectDone('near-log');
      });

      await test.step('two pods on two nodes: three hops', async () => {
        await window.runFromLesson('routes');
        await expect(window.terminal).toContainText('10.244.1.0/24 via 192.168.56.11 dev eth1');
        await window.expectDone('routes');
        await window.runFromLesson('far');
        await window.expectDone('far');
        await window.runFromLesson('far-log');
        await expect(window.terminal).toContainText(/1 {2}10\.244\.2\.1 .*ms[^]*2 {2}192\.168\.56\.11 .*ms[^]*3 {2}10\.244\.1\.\d+ .*ms/);
        await window.expectDone('far-log');
        await window.shot('4-three-hops');
        await page.locator('[data-step="hops"] input[type="radio"]').nth(2).check();
        await page.getByTestId('confirm').click();
        await window.expectDone('hops');
      });

      const stays = page.locator('.stays');
      await test.step('trace: the way with its reasons', async () => {
        await page.getByTestId('open-trace').click();
        // both ends are picked in the figure
        await window.clickPod('hello-2');
        await expect(page.getByRole('combobox', { name: words.from })).toContainText('hello-2');
        await window.clickPod('httpd');
        await expect(page.getByTestId('trace-outcome')).toContainText(words.arrived);
        for (const reason of [words.route, words.arp, words.bridge, words.rule, words.ttl]) await expect(stays).toContainText(reason);
        await window.expectDone('trace');
        const packet = page.getByTestId('packet');
        const began = await packet.getAttribute('transform');
        await expect.poll(() => packet.getAttribute('transform')).not.toBe(began);
        await page.waitForTimeout(4_000);
        await window.shot('5-trace');
      });

      await test.step('the route is removed: the packet leaves by the wrong card', async () => {
        await page.getByTestId('open-experiments').click();
        const card = page.getByTestId('experiment-remove-route');
        await expect(card).toContainText(words.experiment);
        await expect(card).toContainText('ip route del 10.244.1.0/24');
        await card.getByRole('button', { name: words.apply }).click();
        await expect(card.getByTestId('experiment-result')).toContainText(words.broke);
        await window.expectDone('remove-route');
        await window.shot('6-broken');
        await page.getByTestId('open-trace').click();
        await page.getByTestId('trace-run').click();
        await expect(page.getByTestId('trace-outcome')).toContainText(words.left);
        await expect(stays).toContainText(words.defaultRoute);
        await window.expectDone('lost');
        await window.openTerminal('node-2');
        const address = /10\.244\.1\.\d+/.exec((await window.box(`${await window.podBox('httpd')}/eth0`).textContent()) ?? '')?.[0] ?? '';
        await window.type(`ping -c 2 -W 1 ${address}`);
        await expect(window.terminal).toContainText('100% packet loss');
        await window.shot('7-lost');
        await page.getByTestId('open-experiments').click();
        await card.getByRole('button', { name: words.undo }).click();
        await expect(card.getByTestId('experiment-result')).toContainText(words.mended);
        await window.expectDone('undo');
        await window.type(`ping -c 2 -W 1 ${address}`);
        await expect(window.terminal).toContainText(/ 0% packet loss/);
      });

      await test.step('the recording: terminals and figure together', async () => {
        await page.getByTestId('open-recordings').click();
        await page.getByRole('menuitem').first().click();
        const scrubber = page.getByTestId('scrubber');
        await scrubber.focus();
        await page.keyboard.press('Home');
        await expect(page.locator('[data-testid="outline"] [data-box^="node-1/veth"]')).toHaveCount(1);
        expect(await window.podBox('hello-1')).not.toBe('');
        await page.keyboard.press('End');
        await expect(page.locator('[data-testid="outline"] [data-box^="node-1/veth"]')).not.toHaveCount(1);
        const marks = page.locator('.marks .mark');
        await expect(page.locator('h1')).toContainText(words.lab);
        await expect(marks.filter({ hasText: words.lesson })).toHaveCount(1);
        await expect(marks.filter({ hasText: words.experiment })).toHaveCount(2);
        await marks.filter({ hasText: words.experiment }).first().click();
        await expect(page.locator('[data-testid="replay-terminal"]:visible .xterm-rows')).not.toBeEmpty();
        await page.getByTestId('play').click();
        const before = await scrubber.getAttribute('aria-valuetext');
        await expect.poll(() => scrubber.getAttribute('aria-valuetext')).not.toBe(before);
        await page.keyboard.press('Space');
        await window.shot('8-replay');
        await page.getByRole('button', { name: words.back }).click();
        await expect(page.getByTestId('finished')).toBeVisible();
        await window.shot('9-finished');
      });
      expect(window.complaints).toEqual([]);
    });
  });
}
