// Run by electron-builder on the folder it is about to pack. node-pty ships macOS's spawn-helper without its x bit
// (microsoft/node-pty#850), so a local terminal could not start: set it.
const { chmodSync, existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

/** @param {{ appOutDir: string, electronPlatformName: string, packager: { appInfo: { productFilename: string } } }} context */
exports.default = async ({ appOutDir, electronPlatformName, packager }) => {
  const mac = electronPlatformName === 'darwin' || electronPlatformName === 'mas';
  const resources = mac ? join(appOutDir, `${packager.appInfo.productFilename}.app`, 'Contents', 'Resources') : join(appOutDir, 'resources');
  const prebuilds = join(resources, 'app.asar.unpacked/node_modules/node-pty/prebuilds');
  if (!existsSync(prebuilds)) return;
  for (const target of readdirSync(prebuilds)) {
    const helper = join(prebuilds, target, 'spawn-helper');
    if (existsSync(helper)) chmodSync(helper, 0o755);
  }
};
