//! A person with a browser: it keeps cookies for each server and follows redirects.

use std::collections::BTreeMap;

use reqwest::{Client, Method, Url, header, redirect::Policy};

/// Most redirects that are followed; a sign-in has some eight.
const MOST_STEPS: usize = 16;

/// A browser with its cookies, kept by host and port, so that servers on one machine are told apart.
#[derive(Clone, Debug)]
pub struct Visitor {
    client: Client,
    cookies: BTreeMap<String, BTreeMap<String, String>>,
}

/// A page, or a redirect to one.
#[derive(Debug)]
pub struct Page {
    /// Address of the page.
    pub url: Url,
    /// HTTP status.
    pub status: u16,
    /// Headers of the answer.
    pub headers: header::HeaderMap,
    /// Body of the answer, as text.
    pub text: String,
}

// === impl Visitor ===

impl Default for Visitor {
    fn default() -> Self {
        let client = Client::builder().redirect(Policy::none()).build();
        Self {
            client: client.unwrap(),
            cookies: BTreeMap::new(),
        }
    }
}

impl Visitor {
    /// Makes one GET request, without following a redirect.
    ///
    /// # Panics
    /// Where nothing answers.
    pub async fn get(&mut self, url: &str) -> Page {
        self.send(Method::GET, url, &[], String::new()).await
    }

    /// Sends a form with these headers.
    ///
    /// # Panics
    /// Where nothing answers.
    pub async fn post(&mut self, url: &str, headers: &[(&str, &str)], form: &str) -> Page {
        self.send(Method::POST, url, headers, form.to_owned()).await
    }

    /// Goes to `url` and follows redirects to a page, or to a redirect whose address holds `until`.
    ///
    /// # Panics
    /// Where there are too many redirects.
    pub async fn walk(&mut self, url: &str, until: &str) -> Page {
        let mut page = self.get(url).await;
        for _ in 0..MOST_STEPS {
            match page.leads_to() {
                Some(next) if !next.as_str().contains(until) => {
                    page = self.get(next.as_str()).await;
                }
                _ => return page,
            }
        }
        panic!("it leads on and on: {page:?}")
    }

    /// Signs in as `who` from the page at `url`, up to the provider's redirect back, and returns its address.
    ///
    /// # Panics
    /// Where the provider does not lead back.
    pub async fn until_back(&mut self, url: &str, who: &str) -> Url {
        let page = self.walk(url, "/interaction/").await;
        let mut sign_in = page.leads_to().unwrap_or_else(|| panic!("{page:?}"));
        sign_in.set_query(Some(&format!("as={who}")));
        let back = self.walk(sign_in.as_str(), "/signed-in").await;
        back.leads_to().unwrap_or_else(|| panic!("{back:?}"))
    }

    /// Signs in as `who` from the page at `url`, and returns the page that follows.
    ///
    /// # Panics
    /// Where the provider does not lead back.
    pub async fn sign_in(&mut self, url: &str, who: &str) -> Page {
        let back = self.until_back(url, who).await;
        self.walk(back.as_str(), "/interaction/").await
    }

    async fn send(
        &mut self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        form: String,
    ) -> Page {
        let url = Url::parse(url).unwrap();
        let server = url.authority().to_owned();
        let kept = self.cookies.entry(server.clone()).or_default();
        let pairs = kept.iter().map(|(name, value)| format!("{name}={value}"));
        let cookie = pairs.collect::<Vec<_>>().join("; ");
        let mut request = self.client.request(method, url.clone());
        if !cookie.is_empty() {
            request = request.header(header::COOKIE, cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !form.is_empty() {
            let form_type = "application/x-www-form-urlencoded";
            request = request.header(header::CONTENT_TYPE, form_type).body(form);
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        for set in headers.get_all(header::SET_COOKIE) {
            self.keep(&server, set.to_str().unwrap());
        }
        Page {
            url,
            status,
            headers,
            text: answer.text().await.unwrap(),
        }
    }

    fn keep(&mut self, server: &str, set: &str) {
        let pair = set.split(';').next().unwrap_or_default();
        let (name, value) = pair.split_once('=').unwrap();
        let kept = self.cookies.entry(server.to_owned()).or_default();
        if value.is_empty() {
            kept.remove(name);
        } else {
            kept.insert(name.to_owned(), value.to_owned());
        }
    }
}

// === impl Page ===

impl Page {
    /// The address that the page redirects to; `None` where it is no redirect.
    ///
    /// # Panics
    /// Where that is no address.
    #[must_use]
    pub fn leads_to(&self) -> Option<Url> {
        let location = self.headers.get(header::LOCATION)?;
        Some(self.url.join(location.to_str().unwrap()).unwrap())
    }

    /// Itself, after checking that its text holds `expected`.
    ///
    /// # Panics
    /// Where it is another.
    #[expect(
        clippy::must_use_candidate,
        clippy::return_self_not_must_use,
        reason = "often nothing more is asked of it than to be so"
    )]
    #[track_caller]
    pub fn says(self, status: u16, words: &str) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.text.contains(words), "no `{words}`: {self:?}");
        self
    }

    /// The whole `Set-Cookie` headers of the page.
    ///
    /// # Panics
    /// Where they are no text.
    #[must_use]
    pub fn sets(&self) -> Vec<&str> {
        let set = self.headers.get_all(header::SET_COOKIE).iter();
        set.map(|set| set.to_str().unwrap()).collect()
    }
}
