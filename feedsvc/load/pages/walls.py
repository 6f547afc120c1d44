"""What pages that stand in an article's place call themselves, in the main languages.

Pure. A name counts as a whole only, so that an article about logging in is none of these.
"""

import re
from collections.abc import Iterator

from feedsvc.load.words import folded

LONGEST_NAME = 90  # characters

_LOG_IN = """
log in; login; log in to continue; please log in; log in to your account; sign in; sign in to continue; please sign in;
sign in to your account; sign up; register; create an account; subscribe to continue; subscribe to continue reading;
subscribe to read; member login; subscriber login; authentication required; forgot your password
anmelden; einloggen; anmeldung; bitte anmelden; bitte melden sie sich an; jetzt anmelden; registrieren
connexion; se connecter; connectez-vous; identifiez-vous; identification; s'identifier; inscription
iniciar sesión; inicia sesión; inicie sesión; acceder; identifícate; regístrate; iniciar sessão; entrar; fazer login
accedi; accesso; effettua il login; registrati; inloggen; aanmelden; logga in; logg inn; log ind; kirjaudu sisään
zaloguj się; logowanie; přihlášení; přihlásit se; bejelentkezés; autentificare; giriş yap; oturum aç; σύνδεση
войти; вход; авторизация; увійти; вхід; авторизація; ログイン; 登录; 登入; 로그인; تسجيل الدخول; התחברות
"""
_ERROR = """
page not found; not found; we can't find that page; we cannot find that page; this page does not exist;
page doesn't exist; page unavailable; this page isn't available; content not found; nothing found; oops; whoops;
something went wrong; an error occurred; error; internal server error; service unavailable; bad gateway;
gateway timeout; gateway time-out; service temporarily unavailable; temporarily unavailable; bad request; gone;
error establishing a database connection; fatal error; php fatal error; under maintenance; site maintenance;
down for maintenance; we'll be back soon; we'll be right back; maintenance mode; account suspended; server error
seite nicht gefunden; nicht gefunden; die seite wurde nicht gefunden; wartungsarbeiten; ein fehler ist aufgetreten
page introuvable; page non trouvée; cette page n'existe pas; site en maintenance; une erreur est survenue
página no encontrada; no encontrado; en mantenimiento; página não encontrada; não encontrado; em manutenção
pagina non trovata; pagina niet gevonden; sidan hittades inte; siden ble ikke funnet; siden blev ikke fundet
sivua ei löydy; strona nie została znaleziona; nie znaleziono strony; stránka nenalezena; az oldal nem található
pagina nu a fost găsită; sayfa bulunamadı; η σελίδα δεν βρέθηκε; страница не найдена; сторінку не знайдено
ページが見つかりません; 页面不存在; 找不到页面; 找不到網頁; 페이지를 찾을 수 없습니다; الصفحة غير موجودة; הדף לא נמצא
"""
_CONSENT = """
consent; cookie consent; cookies; we value your privacy; your privacy; your privacy choices; we care about your privacy;
we respect your privacy; before you continue; privacy settings; manage consent; accept cookies
wir respektieren ihre privatsphäre; zustimmung; cookie-einstellungen; datenschutzeinstellungen
nous respectons votre vie privée; votre vie privée; gestion des cookies; valoramos su privacidad; tu privacidad
valoramos tu privacidad; a sua privacidade; valorizamos a sua privacidade; la tua privacy; rispettiamo la tua privacy
wij respecteren uw privacy; uw privacy; cookie-instellingen; vi värnar om din integritet; cenimy twoją prywatność
мы ценим вашу конфиденциальность; プライバシーの尊重; 隐私设置
"""
_ROBOT = """
just a moment; attention required; access denied; access to this page has been denied; forbidden; are you a robot;
are you human; verify you are human; please verify you are a human; verifying you are human; checking your browser;
security check; security verification; human verification; bot verification; one more step; captcha; robot check;
pardon our interruption; please wait; request unsuccessful; ddos-guard; enable javascript and cookies to continue;
please enable cookies; blocked; too many requests; rate limited; access restricted
zugriff verweigert; einen moment; accès refusé; un instant; acceso denegado; un momento; acesso negado; um momento
accesso negato; un attimo; toegang geweigerd; een ogenblik; odmowa dostępu; доступ запрещен; доступ заборонено
アクセスが拒否されました; しばらくお待ちください; 访问被拒绝; 请稍候; 잠시만 기다려 주십시오; إذن الوصول مرفوض
"""
_MOVED = """
redirecting; you are being redirected; moved; moved permanently; object moved; 301 moved permanently; 302 found
weiterleitung; redirection; redirigiendo; redirecionando; reindirizzamento; перенаправление
"""
_SITE = """
privacy; privacy policy; privacy notice; privacy statement; cookie policy; cookies policy; terms; terms of use;
terms of service; terms and conditions; terms & conditions; about; about us; contact; contact us; imprint; advertise;
advertise with us; careers; newsletters; site map; sitemap; accessibility statement; subscribe; search; archive
datenschutz; datenschutzerklärung; impressum; agb; kontakt; über uns; mentions légales; politique de confidentialité
conditions générales; qui sommes-nous; nous contacter; política de privacidad; aviso legal; contacto; quiénes somos
política de privacidade; termos de uso; contato; informativa sulla privacy; contatti; chi siamo; privacybeleid
integritetspolicy; personvern; polityka prywatności; regulamin; политика конфиденциальности; о нас; контакты
"""

_STATUS = re.compile(
    r"(?:http )?(?:error )?(?:40[0134]|410|429|50[0-4])(?: ?[:–—-].*| (?:page )?not found| error| forbidden)?"
)
_SEPARATOR = re.compile(r"\s+[|•·»–—-]\s+")
_ENDS = re.compile(r"^[\W_]+|[\W_]+$")


def _key(text: str) -> str:
    return _ENDS.sub("", folded(text).replace("’", "'"))


def _names(table: str) -> frozenset[str]:
    return frozenset(filter(None, map(_key, table.replace("\n", ";").split(";"))))


_REASON_BY_NAMES = {
    _names(_LOG_IN): "it is a page to log in",
    _names(_ERROR): "it is the page of an error",
    _names(_CONSENT): "it is a page that asks for consent",
    _names(_ROBOT): "it is a page that keeps programs out",
    _names(_MOVED): "it only leads to another page",
}
_SITE_NAMES = _names(_SITE)


def wall_named(text: str) -> str:
    """What a page of this name is instead of an article, for people; "" where the name says nothing."""
    for name in _whole_and_first(text):
        if _STATUS.fullmatch(name):
            return "it is the page of an error"
        if reason := next((reason for names, reason in _REASON_BY_NAMES.items() if name in names), ""):
            return reason
    return ""


def names_the_site(text: str) -> bool:
    """Whether a page of this name tells of its site: its privacy policy, its terms, its staff."""
    return any(name in _SITE_NAMES for name in _whole_and_first(text))


def _whole_and_first(text: str) -> Iterator[str]:
    """A name, and what stands before the first separator in it, after which its site's name may stand."""
    if len(text) <= LONGEST_NAME:
        yield _key(text)
        yield _key(_SEPARATOR.split(text, maxsplit=1)[0])
