/** The version that `ftui --version` prints: package.json's own. */

import packageDescription from '../../package.json' with { type: 'json' };

export const { version } = packageDescription;
