export { NFT_PROGRAMS } from './nft.ts';
