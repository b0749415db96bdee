export const routes = {
  home: '/',
  docs: '/docs',
};

export const limits = {
  pages: 10,
};
