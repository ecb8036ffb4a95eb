/** The few pages that the web host itself writes, in both languages, since nobody has said yet which is read. */
const page = (title: string, body: string, head = ''): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>${title}</title>${head}
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1.5rem;color:#1d2433;background:#f7f8fa}
@media (prefers-color-scheme:dark){body{color:#e4e8f0;background:#14171f}}code{font-family:ui-monospace,monospace}</style></head>
<body>${body}</body></html>
`;

/** The address with the token was right: on to the window, without the token in the address. Our own page asks for it, so the cookie goes along. */
export const welcomePage = page('Podwalk', '<p>Podwalk …</p>', '<meta http-equiv="refresh" content="0;url=/">');

export const refusedPage = page(
  'Podwalk',
  `<h1>Podwalk</h1>
<p>This page needs the address that was printed where Podwalk was started: it ends in <code>?token=…</code>, and changes with every start.</p>
<p lang="zh">请使用启动 Podwalk 时打印的地址打开本页：它以 <code>?token=…</code> 结尾，每次启动都会改变。</p>`,
);

export const missingPage = page('Podwalk', `<h1>404</h1><p>There is nothing at this address. <a href="/">Podwalk</a></p><p lang="zh">此地址没有内容。</p>`);
