"""Countries and what else acts like one in the news, with the words that mean their people and what is theirs.

Pure. One line a place: the name to show, then its other forms. "US" and "EU" count in capitals only.
"""

import re

TABLE = """
Afghanistan: Afghan Afghans
Albania: Albanian Albanians
Algeria: Algerian Algerians
Angola: Angolan Angolans
Argentina: Argentine Argentines Argentinian Argentinians
Armenia: Armenian Armenians
Australia: Australian Australians
Austria: Austrian Austrians
Azerbaijan: Azerbaijani Azerbaijanis Azeri
Bahrain: Bahraini Bahrainis
Bangladesh: Bangladeshi Bangladeshis
Belarus: Belarusian Belarusians
Belgium: Belgian Belgians
Benin: Beninese
Bolivia: Bolivian Bolivians
Bosnia: Bosnian Bosnians
Botswana: Botswanan
Brazil: Brazilian Brazilians
Bulgaria: Bulgarian Bulgarians
Burkina Faso: Burkinabe Burkinabé
Burundi: Burundian Burundians
Cambodia: Cambodian Cambodians
Cameroon: Cameroonian Cameroonians
Canada: Canadian Canadians
Chad: Chadian Chadians
Chile: Chilean Chileans
China: Chinese
Colombia: Colombian Colombians
Congo: Congolese Democratic_Republic_of_the_Congo DR_Congo DRC
Costa Rica: Costa_Rican Costa_Ricans
Croatia: Croatian Croatians
Cuba: Cuban Cubans
Cyprus: Cypriot Cypriots
Czech Republic: Czech Czechs Czechia
Denmark: Danish Danes
Dominican Republic: Dominican Dominicans
Ecuador: Ecuadorian Ecuadorians
Egypt: Egyptian Egyptians
El Salvador: Salvadoran Salvadorans
Eritrea: Eritrean Eritreans
Estonia: Estonian Estonians
Ethiopia: Ethiopian Ethiopians
EU: European_Union
Fiji: Fijian Fijians
Finland: Finnish Finns
France: French
Gabon: Gabonese
Gambia: Gambian Gambians
Gaza: Gazan Gazans Gaza_Strip
Georgia: Georgian Georgians
Germany: German Germans
Ghana: Ghanaian Ghanaians
Greece: Greek Greeks
Guatemala: Guatemalan Guatemalans
Guinea: Guinean Guineans
Haiti: Haitian Haitians
Honduras: Honduran Hondurans
Hong Kong:
Hungary: Hungarian Hungarians
Iceland: Icelandic Icelanders
India: Indian Indians
Indonesia: Indonesian Indonesians
Iran: Iranian Iranians
Iraq: Iraqi Iraqis
Ireland: Irish
Israel: Israeli Israelis
Italy: Italian Italians
Ivory Coast: Ivorian Ivorians
Jamaica: Jamaican Jamaicans
Japan: Japanese
Jordan: Jordanian Jordanians
Kazakhstan: Kazakh Kazakhs Kazakhstani
Kenya: Kenyan Kenyans
Kosovo: Kosovan Kosovar Kosovars
Kuwait: Kuwaiti Kuwaitis
Kyrgyzstan: Kyrgyz Kyrgyzstani
Laos: Lao Laotian
Latvia: Latvian Latvians
Lebanon: Lebanese
Liberia: Liberian Liberians
Libya: Libyan Libyans
Lithuania: Lithuanian Lithuanians
Madagascar: Malagasy
Malawi: Malawian Malawians
Malaysia: Malaysian Malaysians
Mali: Malian Malians
Malta: Maltese
Mauritania: Mauritanian
Mauritius: Mauritian
Mexico: Mexican Mexicans
Moldova: Moldovan Moldovans
Mongolia: Mongolian Mongolians
Montenegro: Montenegrin Montenegrins
Morocco: Moroccan Moroccans
Mozambique: Mozambican Mozambicans
Myanmar: Burma Burmese
Namibia: Namibian Namibians
NATO:
Nepal: Nepalese Nepali
Netherlands: Dutch
New Zealand: New_Zealander New_Zealanders
Nicaragua: Nicaraguan Nicaraguans
Niger: Nigerien
Nigeria: Nigerian Nigerians
North Korea: North_Korean North_Koreans
North Macedonia: Macedonian Macedonians
Norway: Norwegian Norwegians
Oman: Omani Omanis
Pakistan: Pakistani Pakistanis
Palestine: Palestinian Palestinians
Panama: Panamanian Panamanians
Papua New Guinea:
Paraguay: Paraguayan Paraguayans
Peru: Peruvian Peruvians
Philippines: Philippine Filipino Filipinos
Poland: Polish Poles
Portugal: Portuguese
Qatar: Qatari Qataris
Romania: Romanian Romanians
Russia: Russian Russians
Rwanda: Rwandan Rwandans
Saudi Arabia: Saudi Saudis Saudi_Arabian
Senegal: Senegalese
Serbia: Serbian Serbians Serb Serbs
Sierra Leone: Sierra_Leonean
Singapore: Singaporean Singaporeans
Slovakia: Slovak Slovaks Slovakian
Slovenia: Slovenian Slovene Slovenes
Somalia: Somali Somalis
South Africa: South_African South_Africans
South Korea: South_Korean South_Koreans
South Sudan: South_Sudanese
Spain: Spanish Spaniards
Sri Lanka: Sri_Lankan Sri_Lankans
Sudan: Sudanese
Sweden: Swedish Swedes
Switzerland: Swiss
Syria: Syrian Syrians
Taiwan: Taiwanese
Tajikistan: Tajik Tajiks
Tanzania: Tanzanian Tanzanians
Thailand: Thai Thais
Togo: Togolese
Tunisia: Tunisian Tunisians
Turkey: Turkish Turks Türkiye
Turkmenistan: Turkmen
Uganda: Ugandan Ugandans
UK: U.K United_Kingdom Britain British Britons
Ukraine: Ukrainian Ukrainians
United Arab Emirates: UAE Emirati Emiratis
United Nations: UN U.N
Uruguay: Uruguayan Uruguayans
US: U.S USA U.S.A United_States American Americans
Uzbekistan: Uzbek Uzbeks
Venezuela: Venezuelan Venezuelans
Vietnam: Vietnamese
Yemen: Yemeni Yemenis
Zambia: Zambian Zambians
Zimbabwe: Zimbabwean Zimbabweans
"""

PLACE_BY_FORM = {
    form.replace("_", " "): name
    for name, _, others in (line.partition(":") for line in TABLE.strip().splitlines())
    for form in (name, *others.split())
}
PLACES = frozenset(PLACE_BY_FORM.values())
# Longest first, so that "North Koreans" is not read as "North Korean" and a rest.
LONG_FORMS = "|".join(
    re.escape(form) for form in sorted(PLACE_BY_FORM, key=lambda form: (-len(form), form)) if " " in form
)
