export const routes = {
  home: '/',
  docs: '/docs',
  blog: '/blog',
};

export const limits = {
  pages: 10,
};
